import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Check } from 'typebox/value'
import { StreamError } from '../errors.ts'
import {
  type Backup,
  type BackupTarget,
  type CopiedTable,
  type Manifest,
  manifestSchema,
} from '../operations/backup/backup.ts'
import { isPathFault, pathFault } from '../path-fault.ts'
import type { StoredItem } from '../platform/dynamodb/stored-items.ts'
import { makeFolder } from '../platform/folders.ts'
import { itemOfLine, lineOfItem } from './item-lines.ts'

const MANIFEST = 'manifest.json'
/** Only the owner may read the files, because they contain keys of persons and of the API. */
const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const
const ITEMS_A_PAGE = 500

/**
 * Creates a folder with a file for each table, one item per line, and the manifest. Throws `configuration_invalid` for a
 * folder that can't be created or is not empty.
 */
export async function createBackupFolder(folder: string): Promise<BackupTarget> {
  if ((await emptyFolder(folder)).length > 0) throw folderError(folder, 'is not empty; name a new folder')
  return {
    add: (table, pages) => written(folder, copyTable(join(folder, fileOf(table)), table, pages)),
    finish: (manifest) => {
      const text = `${JSON.stringify(manifest, null, 2)}\n`
      return written(folder, writeFile(join(folder, MANIFEST), text, { mode: OWNER_ONLY.file, flush: true }))
    },
  }
}

/** Reading the tables fails with errors of its own. */
async function written<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (!isPathFault(cause)) throw cause
    throw folderError(folder, `can't be written: it ${pathFault(cause)}; name another folder`, cause)
  }
}

/** Opens a backup after checking the digests of its files. Throws `configuration_invalid`. */
export async function openBackupFolder(folder: string): Promise<Backup> {
  const manifest = await readManifest(folder)
  for (const { table, sha256 } of manifest.tables) {
    const found = await digestOf(join(folder, fileOf(table)), folder)
    if (found !== sha256) throw folderError(folder, `is damaged: ${fileOf(table)} was changed after the backup`)
  }
  return { manifest, pages: (table) => readPages(join(folder, fileOf(table))) }
}

async function emptyFolder(folder: string): Promise<readonly string[]> {
  try {
    await makeFolder(folder, OWNER_ONLY.folder)
    return await readdir(folder)
  } catch (cause) {
    throw folderError(folder, `can't be created: it ${pathFault(cause)}; name another folder`, cause)
  }
}

function fileOf(table: string): string {
  return `${table}.jsonl`
}

async function copyTable(
  path: string,
  table: string,
  pages: AsyncIterable<readonly StoredItem[]>,
): Promise<CopiedTable> {
  const hash = createHash('sha256')
  const file: FileHandle = await open(path, 'wx', OWNER_ONLY.file)
  let items = 0
  try {
    for await (const page of pages) {
      const text = page.map((item) => `${lineOfItem(item)}\n`).join('')
      hash.update(text)
      await file.appendFile(text)
      items += page.length
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { table, items, sha256: hash.digest('hex') }
}

async function readManifest(folder: string): Promise<Manifest> {
  let manifest: unknown
  try {
    manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'))
  } catch (cause) {
    throw folderError(folder, `has no readable ${MANIFEST}: the backup is incomplete`, cause)
  }
  if (Check(manifestSchema, manifest)) return manifest
  throw folderError(folder, `has a ${MANIFEST} of another format`)
}

async function digestOf(path: string, folder: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk)
  } catch (cause) {
    throw folderError(folder, `has an unreadable file: ${path}`, cause)
  }
  return hash.digest('hex')
}

async function* readPages(path: string): AsyncGenerator<readonly StoredItem[]> {
  let page: StoredItem[] = []
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    page.push(itemOfLine(line))
    if (page.length < ITEMS_A_PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

function folderError(folder: string, what: string, cause?: unknown): StreamError {
  return new StreamError('configuration_invalid', `${folder} ${what}`, { field: folder, cause })
}
