import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Entity } from '../../src/events/topics.ts'
import { readWorld } from './read-world.ts'
import { readOf, systemOf } from './sources.ts'

export interface FilesWorldOptions {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly pageSize?: number
  readonly zone?: string
  readonly filter?: Readonly<Record<string, string>>
  /** What happens between the two looks at the files. */
  readonly betweenLooks?: (folder: string) => void
}

/** Reads of a vendor whose files lie in a folder of this machine. */
export function filesWorld<E extends Entity>(entity: E, options: FilesWorldOptions = {}) {
  const root = mkdtempSync(join(tmpdir(), 'waldstream-files-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'vendor')
  mkdirSync(join(folder, entity), { recursive: true })
  const read = readOf('vendor', entity, options.pageSize ?? 3, { ...options.filter })
  const system = systemOf({
    id: 'vendor',
    type: 'files',
    address: 'folder:///',
    reads: [read],
    settings: options.settings ?? {},
    ...(options.zone === undefined ? {} : { zone: options.zone }),
  })
  const readerSleep = async () => options.betweenLooks?.(join(folder, entity))
  const world = readWorld(entity, { system, read }, { folderOf: (id) => join(root, id), readerSleep })
  return {
    ...world,
    folder,
    /** Writes a file of the entity; `modifiedAt`: its modification time in seconds. */
    put(name: string, content: string | Buffer, modifiedAt?: number): void {
      const path = join(folder, entity, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      if (modifiedAt !== undefined) utimesSync(path, modifiedAt, modifiedAt)
    },
    list(name = ''): readonly string[] {
      const path = join(folder, entity, name)
      return existsSync(path) ? readdirSync(path).toSorted() : []
    },
  }
}
