import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { markProcess, type ProcessMark } from '../../services/lock.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program of the project as a real process. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  readonly exited: Promise<Exit>
  /** True until it has ended, however it ended; a stopped one lives. */
  living(): boolean
  /** The end of what it printed, both streams together. */
  output(): string
  /** What it printed to its standard output alone. */
  printed(): string
  /** The first line of either stream that matches, also when it was printed before. Rejects when it ends without, or within 300 s has not printed one. */
  line(pattern: RegExp): Promise<string>
  signal(signal: NodeJS.Signals): void
  /** Closes its standard input. */
  closeInput(): void
}

export interface Program {
  readonly name: string
  /** The script, from the root of the project, and its arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where it runs; without it in the root of the project. */
  readonly folder?: string
  /** Keeps everything it prints, however much, and not the end alone. */
  readonly keepAll?: boolean
  /** Gets everything it prints. */
  readonly logFile?: string
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OUTPUT_KEPT = 200_000
const LINE_WITHIN_MS = 300_000
const living = new Set<ChildProcess>()

const END_WITH_PARENT = new URL('end-with-parent.mjs', import.meta.url).href

// Whoever starts processes here may end without having ended them: none of them outlives it. Where it is killed, they notice.
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Starts a script with the Node that runs this. Rejects when it can't be run at all. */
export async function startProgram({
  name,
  args,
  env,
  folder = ROOT,
  keepAll = false,
  logFile,
}: Program): Promise<RunningProcess> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', END_WITH_PARENT, ...args],
    {
      cwd: folder,
      env: { ...process.env, ...env, WALDSTREAM_TEST_PARENT: String(process.pid) },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  living.add(child)
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      living.delete(child)
      resolve({ code, signal })
    })
  })
  child.stdin.on('error', () => undefined)
  const printed = new Printed(name, keepAll ? Number.POSITIVE_INFINITY : OUTPUT_KEPT)
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout = (stdout + String(chunk)).slice(-OUTPUT_KEPT)
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.add(String(chunk)))
  void exited.then(() => printed.end())
  if (logFile !== undefined) keepLog(child, logFile)
  await once(child, 'spawn')
  return {
    name,
    pid: child.pid ?? 0,
    exited,
    living: () => living.has(child),
    output: () => printed.text,
    printed: () => stdout,
    line: (pattern) => printed.line(pattern),
    signal: (signal) => void child.kill(signal),
    closeInput: () => void child.stdin.end(),
  }
}

function keepLog(child: ChildProcess, file: string): void {
  const log = createWriteStream(file)
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => log.write(chunk))
  child.once('close', () => log.end())
}

/** What a process has printed, and who waits for a line of it. */
class Printed {
  readonly #name: string
  readonly #kept: number
  text = ''
  #ended = false
  #waiting: { readonly pattern: RegExp; readonly told: PromiseWithResolvers<string> }[] = []

  constructor(name: string, kept: number) {
    this.#name = name
    this.#kept = kept
  }

  add(chunk: string): void {
    this.text =
      this.text.length + chunk.length > this.#kept ? (this.text + chunk).slice(-this.#kept) : this.text + chunk
    this.#waiting = this.#waiting.filter(({ pattern, told }) => {
      const line = this.#find(pattern)
      if (line !== undefined) told.resolve(line)
      return line === undefined
    })
  }

  line(pattern: RegExp): Promise<string> {
    const line = this.#find(pattern)
    if (line !== undefined) return Promise.resolve(line)
    const told = Promise.withResolvers<string>()
    if (this.#ended) told.reject(this.#missing(pattern, 'ended'))
    else this.#waiting.push({ pattern, told })
    const late = setTimeout(() => told.reject(this.#missing(pattern, 'went on')), LINE_WITHIN_MS)
    return told.promise.finally(() => clearTimeout(late))
  }

  end(): void {
    this.#ended = true
    for (const { pattern, told } of this.#waiting.splice(0)) told.reject(this.#missing(pattern, 'ended'))
  }

  #find(pattern: RegExp): string | undefined {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n') + 1)
    return whole.split('\n').find((line) => pattern.test(line))
  }

  #missing(pattern: RegExp, how: 'ended' | 'went on'): Error {
    return new Error(`${this.#name} ${how} without a line like ${pattern}; it printed:\n${this.text.slice(-3000)}`)
  }
}

/** Every process below this one, marked so that a number used again is not mistaken for it (Linux). */
export function descendants(pid: number): readonly ProcessMark[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // it ended while we looked
    }
  }
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid).map(markProcess)
}
