import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file that was fetched whole, on this machine's disk: it is read twice, and memory stays flat. */
export interface SpooledFile {
  /** SHA-256 of its bytes. */
  readonly digest: string
  readonly bytes: number
  /** Where it is, for formats that are not read from their begin to their end. */
  readonly path: string
  open(): AsyncIterable<Buffer>
  /** Deletes it. */
  discard(): Promise<void>
}

/** Copies the stream to a temporary file that only this process's user reads. */
export async function spool(content: AsyncIterable<Buffer>): Promise<SpooledFile> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-file-'))
  const path = join(folder, 'content')
  const discard = async () => await rm(folder, { recursive: true, force: true })
  try {
    const hash = createHash('sha256')
    let bytes = 0
    const file = await open(path, 'w', 0o600)
    try {
      for await (const chunk of content) {
        hash.update(chunk)
        bytes += chunk.length
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    return { digest: hash.digest('hex'), bytes, path, open: () => createReadStream(path), discard }
  } catch (error) {
    await discard()
    throw error
  }
}
