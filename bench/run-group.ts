import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MemberMessage } from './group-worker.ts'
import type { RunSpec } from './jobs/job.ts'
import type { Measured } from './meter.ts'
import { runWorker } from './run-worker.ts'
import type { BenchServers } from './servers.ts'

const LOOK_EVERY_MS = 20

/** Several processes as one group on a job's topic: from the first batch of any to the last commit; CPU of all. */
export async function runGroup(
  { platform, env }: BenchServers,
  spec: RunSpec & { readonly topic: string; readonly stage: string },
  processes: number,
  signal: AbortSignal,
): Promise<Measured> {
  const children = new Set<ChildProcess>()
  let begunAt = Number.POSITIVE_INFINITY
  let [cpuSeconds, rssMb] = [0, 0]
  const onMessage = (message: unknown, child: ChildProcess) => {
    const told = message as MemberMessage
    if ('joined' in told) children.add(child)
    else if ('begunAt' in told) begunAt = Math.min(begunAt, told.begunAt)
    else {
      cpuSeconds += told.cpuSeconds
      rssMb += told.rssMb
    }
  }
  const members = Array.from({ length: processes }, () =>
    runWorker('group-worker.ts', spec, {
      env: { ...env, TABLE_PREFIX: `${spec.group}.` },
      signal,
      onMessage,
    }),
  )
  const ended = Promise.all(members)
  const group = `${spec.group}.${spec.stage}`
  const committed = async () =>
    [...(await platform.admin.committed(group, spec.topic)).values()].reduce<bigint>(
      (sum, one) => sum + (one ?? 0n),
      0n,
    )
  const all = async () => {
    while ((await committed()) < BigInt(spec.events)) await sleep(LOOK_EVERY_MS, undefined, { signal })
    return Date.now()
  }
  const endedEarly = ended.then((): never => {
    throw new Error('the members of the group ended before all was done')
  })
  endedEarly.catch(() => undefined)
  const endedAt = await Promise.race([all(), endedEarly])
  for (const child of children) child.send('end')
  await ended
  return { events: spec.events, seconds: (endedAt - begunAt) / 1000, cpuSeconds, rssMb }
}
