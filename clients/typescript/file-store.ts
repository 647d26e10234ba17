import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FeedError } from './feed-error.ts'
import { bySku, type FeedCommit, type FeedRow, type FeedState, type FeedStore, type KeyOf } from './feed-store.ts'
import { isRecord } from './is-record.ts'
import { isFeedRow, parsed } from './page-json.ts'
import { RowCopy } from './row-copy.ts'

/** The file is compacted when it has more than this many rows per current row. */
const WASTE = 2
/** Files with fewer rows are not compacted. */
const SMALL_ROWS = 10_000

/**
 * Stores a feed in a file: one line of JSON per commit, on disk before the commit resolves. A line that a crash cut off
 * is ignored. The rows are also in memory.
 */
export class FileStore implements FeedStore {
  readonly #path: string
  readonly #copy: RowCopy
  #state: FeedState | null = null
  #opened: Promise<void> | undefined
  /** Bytes of complete lines in the file. */
  #bytes = 0
  /** Rows in the file, including replaced ones. */
  #written = 0

  constructor(path: string, keyOf: KeyOf = bySku) {
    this.#path = path
    this.#copy = new RowCopy(keyOf)
  }

  async load(): Promise<FeedState | null> {
    this.#opened ??= this.#read()
    await this.#opened
    return this.#state
  }

  /** Throws `store_taken` if another process wrote the file meanwhile. */
  async commit(commit: FeedCommit): Promise<void> {
    await this.load()
    const line = lineOf(commit)
    await withFile(this.#path, 'a', async (file) => {
      const { size } = await file.stat()
      if (size !== this.#bytes) {
        throw new FeedError('store_taken', `${this.#path}: another process writes this file; use one run at a time`)
      }
      await append(file, line, this.#bytes)
    })
    this.#apply(commit, line.length)
    if (this.#written > SMALL_ROWS && this.#written > WASTE * this.#copy.size) await this.#compact()
  }

  /** Undefined before `load` or the first run. */
  get(key: string): FeedRow | undefined {
    return this.#copy.get(key)
  }

  /** Deleted rows included; empty before `load` or the first run. */
  rows(): readonly FeedRow[] {
    return this.#copy.rows()
  }

  async #read(): Promise<void> {
    await withFile(this.#path, 'a+', async (file) => {
      const bytes = await file.readFile()
      for (let from = 0; from < bytes.length; ) {
        const end = bytes.indexOf('\n', from)
        // A line that a crash cut off was never reported as committed.
        if (end === -1) break
        this.#apply(commitOf(bytes.toString('utf8', from, end), this.#path), end + 1 - from)
        from = end + 1
      }
      await file.truncate(this.#bytes)
    })
  }

  #apply(commit: FeedCommit, bytes: number): void {
    this.#copy.apply(commit)
    this.#state = commit.state
    this.#bytes += bytes
    this.#written += commit.rows.length
  }

  /** Writes the current rows to a new file, and replaces the old file atomically. */
  async #compact(): Promise<void> {
    const state = this.#state
    if (state === null) return
    const commits: FeedCommit[] = [...this.#copy.rounds()].map(([round, rows]) => {
      return { rows, state: { ...state, round }, removeBefore: null }
    })
    const lines = [...commits, { rows: [], state, removeBefore: null }].map(lineOf)
    const aside = `${this.#path}.new`
    await withFile(aside, 'w', async (file) => {
      for (const line of lines) await file.appendFile(line)
      await file.datasync()
    })
    await rename(aside, this.#path)
    await withFile(dirname(this.#path), 'r', (folder) => folder.sync())
    this.#bytes = lines.reduce((sum, line) => sum + line.length, 0)
    this.#written = this.#copy.size
  }
}

const lineOf = (commit: FeedCommit): Buffer => Buffer.from(`${JSON.stringify(commit)}\n`)

function commitOf(line: string, path: string): FeedCommit {
  const value = parsed(line)
  const { rows, state, removeBefore } = isRecord(value) ? value : {}
  if (isFeedState(state) && Array.isArray(rows) && rows.every(isFeedRow)) {
    return { rows, state, removeBefore: typeof removeBefore === 'number' ? removeBefore : null }
  }
  throw new FeedError('store_invalid', `${path} is not a copy of a feed: remove it to read the feed in full`)
}

function isFeedState(value: unknown): value is FeedState {
  if (!isRecord(value)) return false
  const { cursor, etag, complete, round, full, url = '' } = value
  const texts = [cursor, etag, url].every((text) => text === null || typeof text === 'string')
  return texts && typeof round === 'number' && [complete, full].every((flag) => typeof flag === 'boolean')
}

/** Appends the whole line to disk; on failure, restores the file. */
async function append(file: FileHandle, line: Buffer, bytes: number): Promise<void> {
  try {
    await file.appendFile(line)
    await file.datasync()
  } catch (error) {
    await file.truncate(bytes)
    throw error
  }
}

async function withFile<T>(path: string, flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}
