import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { php } from '../../worlds/php.ts'
import { ROOT } from '../../worlds/processes.ts'

export interface Kit {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const PHP_DRIVER = 'test/integration/clients/php-driver.php'

const typescriptKit: Kit = {
  name: 'TypeScript',
  command: [process.execPath, 'test/integration/clients/typescript-driver.ts'],
}
const phpKits: readonly Kit[] = ['streams', 'curl'].map((transport) => {
  return { name: `PHP over ${transport}`, command: [php?.path ?? 'php', PHP_DRIVER, transport] }
})

/** Each kit, and each transport of it. */
export const kits: readonly Kit[] = [typescriptKit, ...phpKits]

/** False: its tests count as skipped. In CI they fail instead. */
export function isHere({ command: [program, , transport] }: Kit): boolean {
  if (program === process.execPath) return true
  if (php === undefined) return false
  if (transport !== 'curl' || php.extensions.includes('curl')) return true
  const missing = 'PHP has no curl: "apt-get install php-curl" brings it'
  if (process.env['CI']) throw new Error(missing)
  console.warn(`${missing}; its tests are skipped`)
  return false
}

export interface Row {
  readonly sku: string
  readonly position: string
  readonly [field: string]: unknown
}

interface PageLine {
  readonly rows: number
  readonly complete: boolean
  readonly full: boolean
}

interface Line {
  readonly page?: PageLine
  readonly error?: string | null
  readonly rows?: readonly Row[]
}

export interface Ended {
  /** Null: it caught up. */
  readonly error: string | null
  /** All that the kit holds. */
  readonly rows: readonly Row[]
  readonly pages: readonly PageLine[]
}

export interface RunOptions {
  readonly api: string
  readonly key: string
  readonly feed: string
  readonly connection: string
  /** Of this source alone. */
  readonly source?: string
  readonly file: string
  readonly limit: number
  readonly onExpired: 'read-again' | 'throw'
}

/** One run of a kit in a process of its own, a page at a time. */
export class KitRun {
  readonly #kit: Kit
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  #errors = ''

  constructor(kit: Kit, options: RunOptions) {
    this.#kit = kit
    const [program, ...args] = kit.command
    this.#child = spawn(program, [...args, JSON.stringify(options)], { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdin.on('error', () => undefined)
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += String(chunk)
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** The next page, which is kept; the kit waits before it asks for another one. */
  async page(): Promise<PageLine> {
    const { page, error } = await this.#line()
    if (page === undefined) throw new Error(`${this.#kit.name} ended instead of giving a page: ${error}`)
    return page
  }

  /** Lets it ask for the next page. */
  release(): void {
    this.#child.stdin.write('\n')
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
  }

  /** Lets it run to its end. */
  async end(): Promise<Ended> {
    const pages: PageLine[] = []
    for (;;) {
      const { page, error = null, rows = [] } = await this.#line()
      if (page === undefined) return { error, rows, pages }
      pages.push(page)
      this.release()
    }
  }

  async #line(): Promise<Line> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`${this.#kit.name} printed nothing more: ${this.#errors.slice(-2000)}`)
    return JSON.parse(value)
  }
}
