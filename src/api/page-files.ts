import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** In order of preference. */
export const pageEncodings = ['br', 'gzip'] as const
type PageEncoding = (typeof pageEncodings)[number]

/** A file of the page, ready to send. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  /** Compressed bodies, by content encoding. */
  readonly encoded: Readonly<Partial<Record<PageEncoding, Buffer>>>
  /** Changes with its content. */
  readonly etag: string
}

/** The built page, in memory: it is small, and an upgrade of the folder cannot mix two versions. */
export interface PageFiles {
  readonly index: PageFile
  /** Digests of the inline styles of the index, in the form of a Content-Security-Policy. */
  readonly inlineStyles: readonly string[]
  /** By name. A name contains the file's digest, so its content never changes. */
  readonly assets: ReadonlyMap<string, PageFile>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const COMPRESSED = ['.woff2']
/** Files that the build compressed with Brotli at the highest level, which is too slow for a start. */
const BROTLI = '.br'

/** Reads the page built into `folder`; null: there is none. */
export async function readPageFiles(folder: string): Promise<PageFiles | null> {
  const index = await readPageFile(join(folder, 'index.html')).catch(nullIfMissing)
  if (index === null) return null
  const names = await readdir(join(folder, 'assets'))
  const assets = await Promise.all(
    names
      .filter((name) => !name.endsWith(BROTLI))
      .map(async (name) => [name, await readPageFile(join(folder, 'assets', name))] as const),
  )
  return { index, inlineStyles: inlineStylesOf(index), assets: new Map(assets) }
}

function inlineStylesOf({ body }: PageFile): readonly string[] {
  const styles = body.toString('utf8').matchAll(/<style\b[^>]*>(.*?)<\/style>/gs)
  return [...styles].map(([, style = '']) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`)
}

async function readPageFile(path: string): Promise<PageFile> {
  const body = await readFile(path)
  const extension = extname(path)
  return {
    type: types[extension] ?? 'application/octet-stream',
    body,
    encoded: COMPRESSED.includes(extension) ? {} : await encodedOf(path, body),
    etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
  }
}

async function encodedOf(path: string, body: Buffer): Promise<PageFile['encoded']> {
  const br = await readFile(`${path}${BROTLI}`).catch(nullIfMissing)
  return { ...(br === null ? {} : { br }), gzip: gzipSync(body, { level: 9 }) }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
