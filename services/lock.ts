import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A process and, if the system tells, its start time: a reused process id is not mistaken for it. */
export interface ProcessMark {
  readonly pid: number
  readonly began: string | undefined
}

interface LockContent {
  readonly owner: ProcessMark
  readonly processes: readonly ProcessMark[]
}

/** A held lock. `add` notes a process that must be gone before another may take the lock after a crash of its owner. */
export interface Lock {
  add(pid: number): Promise<void>
  release(): Promise<void>
}

/** Thrown when another living process holds the lock; `pid` is that process. */
export class LockedError extends Error {
  readonly pid: number
  constructor(file: string, pid: number) {
    super(`${file} is held by process ${pid}`)
    this.name = 'LockedError'
    this.pid = pid
  }
}

/** Thrown when the holder of the lock can't be determined. */
export class DamagedLockError extends Error {
  constructor(file: string) {
    super(
      `${file} is damaged: make sure that no other npm start or npm run services uses this data, then remove the file`,
    )
    this.name = 'DamagedLockError'
  }
}

const LEFTOVER_MS = 15_000

/** State and start of a process from /proc; undefined without /proc or without such a process. */
function processFacts(pid: number): { state: string | undefined; began: string | undefined } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], began: fields[19] }
  } catch {
    return { state: undefined, began: undefined }
  }
}

/** The mark of a running process. */
export function markProcess(pid: number): ProcessMark {
  return { pid, began: processFacts(pid).began }
}

/** True while this exact process runs. A zombie does not count as running. */
export function isAlive({ pid, began }: ProcessMark): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const facts = processFacts(pid)
  return facts.state !== 'Z' && (began === undefined || facts.began === began)
}

async function read(file: string): Promise<LockContent | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (isContent(content)) return content
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new DamagedLockError(file)
}

function isContent(content: unknown): content is LockContent {
  if (typeof content !== 'object' || content === null) return false
  const { owner, processes } = content as { readonly owner?: unknown; readonly processes?: unknown }
  return isMark(owner) && Array.isArray(processes) && processes.every(isMark)
}

function isMark(mark: unknown): mark is ProcessMark {
  return typeof mark === 'object' && mark !== null && Number.isSafeInteger((mark as { readonly pid?: unknown }).pid)
}

/**
 * Processes of a crashed owner usually end by themselves within seconds; the others are ended, because they hold the
 * files.
 */
async function endLeftovers(processes: readonly ProcessMark[]): Promise<void> {
  const deadline = Date.now() + LEFTOVER_MS
  while (processes.some(isAlive) && Date.now() < deadline) await delay(100)
  for (const one of processes.filter(isAlive)) process.kill(one.pid, 'SIGKILL')
  while (processes.some(isAlive)) await delay(50)
}

/** Writes to another file and moves it into place, so that no reader ever sees half of it. */
async function put(file: string, content: LockContent, place: (aside: string, file: string) => Promise<void>) {
  const aside = `${file}.${process.pid}.${randomUUID()}`
  await writeFile(aside, JSON.stringify(content))
  try {
    await place(aside, file)
  } finally {
    await rm(aside, { force: true })
  }
}

async function create(file: string, content: LockContent): Promise<boolean> {
  try {
    await put(file, content, link)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes the lock file for this process. Living holder: throws `LockedError`; dead holder: waits for its processes
 * first.
 */
export async function acquireLock(file: string): Promise<Lock> {
  const owner = markProcess(process.pid)
  let content: LockContent = { owner, processes: [] }
  while (!(await create(file, content))) {
    const held = await read(file)
    if (held === undefined) continue
    if (isAlive(held.owner)) throw new LockedError(file, held.owner.pid)
    await endLeftovers(held.processes)
    await rm(file, { force: true })
  }
  let written = Promise.resolve()
  return {
    add(pid) {
      content = { owner, processes: [...content.processes, markProcess(pid)] }
      const latest = content
      written = written.then(() => put(file, latest, rename))
      return written
    },
    async release() {
      await written.catch(() => undefined) // reported by `add` already
      await rm(file, { force: true })
    },
  }
}

/** Like `acquireLock`, but waits while another living process holds the lock. Calls `waiting` once, with its pid. */
export async function waitForLock(file: string, waiting: (pid: number) => void, signal: AbortSignal): Promise<Lock> {
  for (let told = false; ; told = true) {
    try {
      return await acquireLock(file)
    } catch (error) {
      if (!(error instanceof LockedError)) throw error
      if (!told) waiting(error.pid)
    }
    await delay(200, undefined, { signal })
  }
}
