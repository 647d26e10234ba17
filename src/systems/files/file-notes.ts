import { Type } from 'typebox'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ArrivedFile } from './arrived-files.ts'
import { listedAlike, type PlacedFile } from './place.ts'

/** The file that a read took last. */
export interface LastFile {
  readonly name: string
  /** Sorts files by age. */
  readonly order: string
  readonly digest: string
  /** How many keys it had: a full file that has far fewer is not believed. */
  readonly keys: number
  /** Where it lies now; null: it was deleted. */
  readonly path: string | null
}

/** A file of which something may have been published. */
export type BegunFile = Pick<LastFile, 'name' | 'order'>

/** A file that needs no reading any more, as it was listed. */
interface KnownFile extends Omit<PlacedFile, 'name' | 'called'> {
  readonly digest: string
  /** How it was read: with other settings it is read again, if it is the last one. */
  readonly form: string
}

const lastNote = Type.Object({
  name: Type.String(),
  order: Type.String(),
  digest: Type.String(),
  keys: Type.Number(),
  path: Type.Union([Type.String(), Type.Null()]),
})
const begunNote = Type.Object({ name: Type.String(), order: Type.String() })
const fileNote = Type.Object({
  digest: Type.String(),
  bytes: Type.Union([Type.Number(), Type.Null()]),
  modifiedAt: Type.Union([Type.Number(), Type.Null()]),
  // Notes of earlier releases have none.
  version: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  form: Type.String(),
})

/** Names at once. */
const AT_ONCE = 100

/** What a read remembers of files: each is read once. */
export interface FileMemory {
  last(): Promise<LastFile | undefined>
  /** The newest of the files that were begun. */
  begun(): Promise<BegunFile | undefined>
  /** Notes of these files, by name, if they are still as they were noted. */
  known(files: readonly ArrivedFile[]): Promise<ReadonlyMap<string, KnownFile>>
  rememberLast(file: LastFile): Promise<void>
  rememberBegun(file: BegunFile): Promise<void>
  remember(file: ArrivedFile, digest: string): Promise<void>
}

export function fileMemory(notes: ReaderNotes, read: string, form: string): FileMemory {
  const lastId = `files ${read}`
  const begunId = `files ${read} begun`
  const idOf = (name: string) => `file ${read} ${name}`
  return {
    last: async () => noteOf(await notes.find([lastId]), lastId, lastNote),
    begun: async () => noteOf(await notes.find([begunId]), begunId, begunNote),
    async known(files) {
      const known = new Map<string, KnownFile>()
      for (let from = 0; from < files.length; from += AT_ONCE) {
        const some = files.slice(from, from + AT_ONCE)
        const found = await notes.find(some.map(({ name }) => idOf(name)))
        for (const file of some) {
          const note = noteOf(found, idOf(file.name), fileNote)
          if (note === undefined) continue
          const noted = { ...note, version: note.version ?? null }
          if (listedAlike(noted, file)) known.set(file.name, noted)
        }
      }
      return known
    },
    rememberLast: async ({ name, order, digest, keys, path }) =>
      await notes.keep([{ id: lastId, name, order, digest, keys, path }]),
    rememberBegun: async ({ name, order }) => await notes.keep([{ id: begunId, name, order }]),
    remember: async ({ name, bytes, modifiedAt, version }, digest) =>
      await notes.keep([{ id: idOf(name), digest, bytes, modifiedAt, version, form }]),
  }
}
