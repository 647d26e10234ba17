import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Opens or creates the SQLite file with a simulator's state and runs `schema`, which must be repeatable (`CREATE TABLE
 * IF NOT EXISTS`). `:memory:` stores nothing. Committed data survives a killed process.
 */
export function openDatabase(dataFile: string, schema: string): DatabaseSync {
  if (dataFile !== ':memory:') mkdirSync(dirname(dataFile), { recursive: true })
  const database = new DatabaseSync(dataFile)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
  database.exec(schema)
  return database
}

/** Runs `work` in a transaction. Not nestable; `work` is synchronous, so no other request runs in between. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
