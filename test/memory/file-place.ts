import { folderOf, nameOf, type PlacedFile, type Visit } from '../../src/systems/files/place.ts'
import { codedError, conflictError } from '../../src/systems/files/place-errors.ts'

/** Has a request done; it may fail, be lost, or be the last one of its process. */
export type Ask = <T>(what: string, effect: () => T) => Promise<T>

interface StoredFile {
  content: Buffer
  modifiedAt: number
}

const PLACE = 'the memory'
/** So that a file may change while it is read. */
const CHUNKS = 3

/** The files of a server: what its owner does takes effect at once. */
export class MemoryFiles {
  readonly #files = new Map<string, StoredFile>()
  readonly #now: () => number
  /** What listings show; null: everything as it is. */
  #shown: ReadonlyMap<string, PlacedFile> | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  /** Under a new file: whoever reads the old one goes on with it. `modifiedAt`: as a program that keeps times sets it. */
  replace(path: string, content: Buffer, modifiedAt = this.#now()): void {
    this.#files.set(path, { content, modifiedAt })
  }

  /** Into the file that is there, as programs do that write slowly: whoever reads it sees some of both. */
  overwrite(path: string, content: Buffer): void {
    const file = this.#files.get(path)
    if (file === undefined) {
      this.replace(path, content)
      return
    }
    file.content = content
    file.modifiedAt = this.#now()
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from)
    if (file === undefined) return
    this.#files.delete(from)
    this.#files.set(to, file)
  }

  touch(path: string): void {
    const file = this.#files.get(path)
    if (file !== undefined) file.modifiedAt = this.#now()
  }

  remove(path: string): void {
    this.#files.delete(path)
  }

  contentOf(path: string): Buffer | undefined {
    return this.#files.get(path)?.content
  }

  /** Paths directly in a folder. */
  pathsIn(folder: string): readonly string[] {
    return [...this.#files.keys()].filter((path) => folderOf(path) === folder)
  }

  /** From now on listings show the files of this moment; null: as they are. */
  freezeListings(isFrozen: boolean): void {
    this.#shown = isFrozen
      ? new Map([...this.#files.keys()].flatMap((path) => this.find(path) ?? []).map((file) => [file.path, file]))
      : null
  }

  /** As servers answer: times are accurate to the second. */
  find(path: string): (PlacedFile & { readonly path: string }) | null {
    const file = this.#files.get(path)
    if (file === undefined) return null
    const modifiedAt = Math.floor(file.modifiedAt / 1000) * 1000
    return { path, name: nameOf(path), bytes: file.content.length, modifiedAt, version: null }
  }

  list(folder: string): readonly PlacedFile[] {
    const shown = this.#shown ?? new Map([...this.#files.keys()].map((path) => [path, this.find(path)]))
    return [...shown]
      .filter(([path]) => folderOf(path) === folder)
      .flatMap(([, file]) => (file === null ? [] : [listed(file)]))
  }

  handle(path: string): StoredFile {
    const file = this.#files.get(path)
    if (file === undefined) throw codedError('not_found', { place: PLACE, path })
    return file
  }
}

function listed({ name, bytes, modifiedAt, version }: PlacedFile): PlacedFile {
  return { name, bytes, modifiedAt, version }
}

/** A visit to these files. Each step is a request of its own; a file that is written is empty, then half, then whole. */
export function memoryVisit(files: MemoryFiles, ask: Ask, movesInOneStep: boolean): Visit {
  const refuseExisting = (path: string) => {
    if (files.find(path) !== null) throw conflictError({ place: PLACE, path })
  }
  return {
    movesInOneStep,
    listsOnlyWhole: false,
    list: (folder) => ask(`list ${folder}`, () => files.list(folder)),
    find: (path) => ask(`find ${path}`, () => files.find(path)),
    async *read(path) {
      const file = await ask(`open ${path}`, () => files.handle(path))
      const size = Math.ceil(Math.max(1, file.content.length) / CHUNKS)
      for (let at = 0; at < file.content.length; at += size) {
        yield await ask(`read ${path}`, () => Buffer.from(file.content.subarray(at, at + size)))
      }
    },
    async write(path, content) {
      await ask(`write ${path}`, () => files.overwrite(path, Buffer.alloc(0)))
      await ask(`write half of ${path}`, () => files.overwrite(path, content.subarray(0, content.length >> 1)))
      await ask(`write all of ${path}`, () => files.overwrite(path, content))
    },
    async move(from, to) {
      await ask(`find ${to}`, () => refuseExisting(to))
      if (movesInOneStep) {
        return await ask(`move ${from} to ${to}`, () => {
          files.handle(from)
          files.rename(from, to)
        })
      }
      const { content } = await ask(`read ${from}`, () => files.handle(from))
      await ask(`put ${to}`, () => {
        refuseExisting(to)
        files.replace(to, content)
      })
      await ask(`delete ${from}`, () => files.remove(from))
    },
    remove: (path) => ask(`remove ${path}`, () => files.remove(path)),
  }
}
