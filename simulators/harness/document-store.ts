import type { DatabaseSync } from 'node:sqlite'
import { inTransaction, openDatabase } from './database.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS documents (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`

/** All documents of one kind, in memory for searching and written through to SQLite. */
export interface Documents<T> {
  all(): T[]
  get(key: string | number): T | undefined
  put(document: T): T
  delete(key: string | number): void
}

/** A simulator's data. Everything `put` is on disk when the call returns (or when its transaction ends). */
export interface DocumentStore {
  setting(name: string): string | undefined
  setSetting(name: string, value: string): void
  /** The next number of a named sequence, from 1. */
  nextId(sequence: string): number
  transaction<T>(work: () => T): T
  clear(): void
  close(): void
}

/** Opens the documents of one kind; `keyOf`: their key. */
export type OpenDocuments = <T>(kind: string, keyOf: (document: T) => string | number) => Documents<T>

/** Opens the data in `dataFile`, or an empty store. */
export function openDocumentStore(dataFile: string): DocumentStore & { documents: OpenDocuments } {
  const database = openDatabase(dataFile, schema)
  const kinds: { clear(): void }[] = []
  const read = database.prepare('SELECT value FROM settings WHERE name = ?')
  const write = database.prepare('INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const setting = (name: string) => (read.get(name) as { value: string } | undefined)?.value
  return {
    documents(kind, keyOf) {
      const made = openDocuments(database, kind, keyOf)
      kinds.push(made)
      return made
    },
    setting,
    setSetting: (name, value) => void write.run(name, value),
    nextId(sequence) {
      const next = Number(setting(`sequence ${sequence}`) ?? 0) + 1
      write.run(`sequence ${sequence}`, String(next))
      return next
    },
    transaction: (work) => inTransaction(database, work),
    clear() {
      database.exec('DELETE FROM documents; DELETE FROM settings')
      for (const kind of kinds) kind.clear()
    },
    close: () => database.close(),
  }
}

function openDocuments<T>(
  database: DatabaseSync,
  kind: string,
  keyOf: (document: T) => string | number,
): Documents<T> & { clear(): void } {
  const rows = database.prepare('SELECT body FROM documents WHERE kind = ?').all(kind) as { body: string }[]
  const kept = new Map(rows.map(({ body }) => JSON.parse(body) as T).map((one) => [String(keyOf(one)), one]))
  const upsert = database.prepare(
    'INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  )
  const remove = database.prepare('DELETE FROM documents WHERE kind = ? AND key = ?')
  return {
    all: () => [...kept.values()],
    get: (key) => kept.get(String(key)),
    put(document) {
      const key = String(keyOf(document))
      upsert.run(kind, key, JSON.stringify(document))
      kept.set(key, document)
      return document
    },
    delete(key) {
      remove.run(kind, String(key))
      kept.delete(String(key))
    },
    clear: () => kept.clear(),
  }
}
