import { join } from 'node:path'
import type { Role } from '../../src/cli/roles.ts'
import type { RunningProcess } from '../worlds/processes.ts'
import { startRole } from '../worlds/processes-roles.ts'
import { until } from '../worlds/processes-until.ts'

const OUTPUT_SHOWN = 3_000
/** A process that was told to end and prints nothing for so long does not end. */
const ENDS_WITHIN_MS = 180_000

/** A role of its own, or all of them in one process. */
export type Member = Role | 'all'

/**
 * Keeps one process of each role. One that is killed is followed by a new one at once, as a supervisor would do; one
 * that ends by itself is a failure of its own.
 */
export class Fleet {
  readonly #env: Readonly<Record<string, string>>
  readonly #logs: string
  readonly #members = new Map<Member, RunningProcess>()
  readonly #surprises: string[] = []
  readonly #all: RunningProcess[] = []
  #ending = false

  /** `logs`: folder that gets what each process prints. */
  constructor(env: Readonly<Record<string, string>>, logs: string) {
    this.#env = env
    this.#logs = logs
  }

  /** Processes that ended though nobody told them to, with the end of their output. */
  get surprises(): readonly string[] {
    return this.#surprises
  }

  member(role: Member): RunningProcess {
    const member = this.#members.get(role)
    if (member === undefined) throw new Error(`there is no ${role}`)
    return member
  }

  /** Starts a process of a role; the one before, if it lives, stays and is not ours any more. */
  async start(role: Member): Promise<RunningProcess> {
    const logFile = join(this.#logs, `${this.#all.length}-${role}.log`)
    const started = await startRole(role, this.#env, role, logFile)
    this.#members.set(role, started)
    this.#all.push(started)
    void started.exited.then(({ code, signal }) => {
      if (this.#ending || signal === 'SIGKILL') return
      this.#surprises.push(`${role} ended with ${signal ?? code}: ${started.output().slice(-2000)}`)
    })
    return started
  }

  /** The end of what each living one has printed: what there is to see when it goes no further. */
  outputs(): string {
    return [...this.#members].map(([role, member]) => `--- ${role}\n${member.output().slice(-OUTPUT_SHOWN)}`).join('\n')
  }

  /** SIGKILL; resolves when the process is gone, before its successor is started. */
  async kill(role: Member): Promise<void> {
    const victim = this.member(role)
    victim.signal('SIGKILL')
    await victim.exited
  }

  /**
   * SIGTERM to the member of each role; how each ended. One that was replaced and still lives, frozen maybe, is killed, and
   * so is one that does not end.
   */
  async end(): Promise<readonly { readonly role: Member; readonly code: number | null }[]> {
    this.#ending = true
    const members = [...this.#members]
    const current = new Set(this.#members.values())
    for (const process of this.#all) if (process.living() && !current.has(process)) process.signal('SIGKILL')
    for (const [, member] of members) {
      member.signal('SIGCONT')
      member.signal('SIGTERM')
    }
    return await Promise.all(
      members.map(async ([role, member]) => {
        const printed = () => member.output()
        await until(`${role} ends`, () => !member.living(), { withinMs: ENDS_WITHIN_MS, progress: printed }).catch(() =>
          member.signal('SIGKILL'),
        )
        return { role, code: (await member.exited).code }
      }),
    )
  }
}
