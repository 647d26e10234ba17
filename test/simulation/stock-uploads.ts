import { joined } from '../../src/systems/files/place.ts'
import type { MemoryFiles } from '../memory/file-place.ts'
import type { Turns } from './mortal-process.ts'

export const STOCK_FOLDER = 'stock'
const SKUS = Array.from({ length: 9 }, (_, index) => `A-${index}`)
/** Levels have as many digits always: files of other content may be of the same size. */
const FIRST_LEVEL = 1_000
/** Between two changes of one file: times are accurate to the second. */
const APART_MS = 2_000
/** Cells that need an encoding. */
const NAME = 'Größe'

/** How a vendor writes its files, for a whole world. */
export interface UploadHabits {
  /** A date in each name, its own times with names that count, or one name for all. */
  readonly names: 'dated' | 'counted' | 'fixed'
  readonly complete: 'stable' | 'marker' | 'rename'
}

/** What may be wrong with a file. */
const KINDS = [
  'good',
  'good',
  'good',
  'utf-8 with mark',
  'utf-16',
  'twice',
  'late',
  'redated',
  'windows-1252',
  'empty',
  'half',
  'header only',
  'wrong columns',
  'shrunk',
] as const
type Kind = (typeof KINDS)[number]
const refusedKinds: readonly Kind[] = ['windows-1252', 'empty', 'half', 'header only', 'wrong columns', 'shrunk']

/** A file as its vendor means it. */
interface Upload {
  readonly name: string
  readonly kind: Kind
  readonly content: Buffer
  readonly levels: ReadonlyMap<string, number>
  /** Sorts files as the vendor does: its date or, where names have none, when it was written. */
  date: number
}

/** A vendor that uploads its stock, a step at a time, and makes every mistake that vendors make. */
export class StockUploads {
  /** Levels that a SKU ever had, in order. */
  readonly history = new Map(SKUS.map((sku, index) => [sku, [FIRST_LEVEL + index]]))
  /** Files that have arrived whole. */
  readonly arrived: Upload[] = []
  readonly #files: MemoryFiles
  readonly #turns: Turns
  readonly #habits: UploadHabits
  #steps: (() => void)[] = []
  #withheld: Upload | null = null
  #lastDate = 0
  #lastLevel = FIRST_LEVEL + SKUS.length
  #lastWrite = 0
  #count = 0

  constructor(files: MemoryFiles, turns: Turns, habits: UploadHabits) {
    this.#files = files
    this.#turns = turns
    this.#habits = habits
  }

  /** Does the next step of what is under way, or begins something. */
  act(): void {
    if (this.#goOn()) return
    const { random, now } = this.#turns
    if (random.chance(0.5)) this.#sell()
    if (now - this.#lastWrite < APART_MS || !random.chance(0.3)) return
    const kind = random.pick(KINDS)
    if (kind === 'twice') this.#uploadAgain()
    else if (kind === 'redated') this.#touch()
    else if (kind === 'late') this.#withhold()
    else this.#begin(this.#uploadOf(kind))
  }

  /** A whole file of the levels as they are, at once. */
  uploadWhole(): void {
    while (this.#goOn());
    this.#turns.now += APART_MS
    this.#begin(this.#uploadOf('good'))
    while (this.#goOn());
  }

  /** The last steps of all that is under way. */
  finish(): void {
    while (this.#goOn());
    if (this.#withheld !== null) this.#begin(this.#withheld)
    this.#withheld = null
    while (this.#goOn());
    // One name for all: whatever is wrong in it is all there is.
    if (this.#habits.names === 'fixed') this.uploadWhole()
  }

  /** Levels of the newest file that can be believed. */
  newest(): ReadonlyMap<string, number> {
    const believed = this.arrived.filter(({ kind }) => !refusedKinds.includes(kind))
    const [newest] = believed.toSorted((a, b) => b.date - a.date || (a.name < b.name ? 1 : -1))
    if (newest === undefined) throw new Error('there is no stock yet')
    return newest.levels
  }

  /** Files that nobody may believe and that are still there. */
  refused(): readonly string[] {
    const there = new Map(this.arrived.map((file) => [file.name, file]))
    const isThere = ({ name }: Upload) => this.#files.find(joined(STOCK_FOLDER, name)) !== null
    return [...there.values()]
      .filter((file) => refusedKinds.includes(file.kind) && isThere(file))
      .map(({ name }) => name)
  }

  #goOn(): boolean {
    const step = this.#steps.shift()
    step?.()
    return step !== undefined
  }

  #sell(): void {
    this.#lastLevel += 1
    this.history.get(this.#turns.random.pick(SKUS))?.push(this.#lastLevel)
  }

  #levels(): ReadonlyMap<string, number> {
    return new Map([...this.history].map(([sku, levels]) => [sku, levels.at(-1) ?? 0]))
  }

  #uploadOf(kind: Kind): Upload {
    const levels = this.#levels()
    this.#count += 1
    this.#lastDate = Math.max(this.#lastDate + 1_000, Math.floor(this.#turns.now / 1_000) * 1_000)
    return { name: this.#name(), kind, content: this.#contentOf(kind, levels), levels, date: this.#lastDate }
  }

  #name(): string {
    const { names } = this.#habits
    if (names === 'fixed') return 'stock.csv'
    if (names === 'counted') return `stock-${String(this.#count).padStart(5, '0')}.csv`
    const [day = '', time = ''] = new Date(this.#lastDate).toISOString().replaceAll(/[-:]/g, '').split('T')
    return `stock-${day}-${time.slice(0, 6)}.csv`
  }

  #contentOf(kind: Kind, levels: ReadonlyMap<string, number>): Buffer {
    const rows = [...levels].map(([sku, level]) => `${sku},${NAME},${level}\n`)
    const text = ['sku,name,quantity\n', ...rows].join('')
    switch (kind) {
      case 'utf-8 with mark':
        return Buffer.from(`\uFEFF${text}`)
      case 'utf-16':
        return Buffer.from(`\uFEFF${text}`, 'utf16le')
      case 'windows-1252':
        return Buffer.from(text, 'latin1')
      case 'empty':
        return Buffer.alloc(0)
      case 'header only':
        return Buffer.from('sku,name,quantity\n')
      case 'wrong columns':
        return Buffer.from(text.replace('quantity', 'price'))
      case 'shrunk':
        return Buffer.from(`sku,name,quantity\n${rows.slice(0, 2).join('')}`)
      case 'half':
        // Within a number: the digits that are there are another level.
        return Buffer.from(text).subarray(0, -this.#turns.random.int(2, 4))
      default:
        return Buffer.from(text)
    }
  }

  /** In steps, as the habit is. */
  #begin(upload: Upload): void {
    const { complete } = this.#habits
    const path = joined(STOCK_FOLDER, upload.name)
    const [marker, part] = [`${path}.done`, `${path}.part`]
    const { content } = upload
    const writes = (to: string) =>
      [0, content.length >> 2, (content.length * 3) >> 2, content.length].map(
        (bytes) => () => this.#files.overwrite(to, content.subarray(0, bytes)),
      )
    const arrive = () => {
      this.#lastWrite = this.#turns.now
      // A file that is late is as old as it says.
      if (this.#habits.names !== 'dated') upload.date = Math.floor(this.#turns.now / 1_000)
      this.arrived.push(upload)
    }
    if (complete === 'rename') {
      const rename = () => this.#files.replace(path, this.#files.contentOf(part) ?? Buffer.alloc(0))
      this.#steps.push(...writes(part), rename, arrive, () => this.#files.remove(part))
    } else if (complete === 'marker') {
      const mark = () => this.#files.replace(marker, Buffer.alloc(0))
      this.#steps.push(() => this.#files.remove(marker), ...writes(path), mark, arrive)
    } else {
      this.#steps.push(...writes(path), arrive)
    }
  }

  /** The newest content again, under another name and time. */
  #uploadAgain(): void {
    const last = this.arrived.at(-1)
    const isNewest = last !== undefined && this.#withheld === null && !this.#isLate(last)
    if (!isNewest || refusedKinds.includes(last.kind)) return
    const again = this.#uploadOf('good')
    this.#begin({ ...again, content: last.content, levels: last.levels })
  }

  /** The time of a file changes, its content does not: with a date in the name that says nothing. */
  #touch(): void {
    const { names } = this.#habits
    const last =
      names === 'dated' && this.arrived.length > 0 ? this.#turns.random.pick(this.arrived) : this.arrived.at(-1)
    if (last === undefined) return
    this.#files.touch(joined(STOCK_FOLDER, last.name))
    this.#lastWrite = this.#turns.now
    if (names === 'counted') last.date = Math.floor(this.#turns.now / 1_000)
  }

  /** A file that is made now and uploaded after newer ones; only a date in its name shows it. */
  #withhold(): void {
    if (this.#habits.names !== 'dated') return
    const late = this.#withheld
    this.#withheld = late === null ? { ...this.#uploadOf('good'), kind: 'late' } : null
    if (late !== null) this.#begin(late)
  }

  #isLate({ date }: Upload): boolean {
    return this.arrived.some((other) => other.date > date)
  }
}
