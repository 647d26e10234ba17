import { randomUUID } from 'node:crypto'
import { inTurn } from './alternate.ts'
import { fillTopic } from './fill.ts'
import { median, medianRatio } from './median.ts'
import type { MemorySample } from './memory-worker.ts'
import { runWorker } from './run-worker.ts'
import { type BenchServers, openServers } from './servers.ts'
import type { Measurements } from './table/rows.ts'

export interface MemoryOptions {
  readonly seed: number
  readonly rounds: number
  /** Stock changes that wait when the worker starts. */
  readonly behind: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** A round ends after so many events of those that wait, and the last one when all are through. */
const EVENTS_A_ROUND = 50_000
/** Ten seconds: all is loaded and the group has joined. */
const IDLE_SAMPLES = 40
/** Events that the row is named after. */
const NAMED = 1_000_000

/** The most memory that map-inventory holds with events waiting, beside the most that it holds with none, in turn. */
export async function measureMemory(servers: BenchServers, options: MemoryOptions): Promise<Measurements> {
  const { seed, rounds, behind, log, signal } = options
  const empty = await openServers(log, signal, servers.env)
  try {
    await fillTopic(servers.platform, 'map', { seed, count: behind })
    log(`memory: ${behind} events wait`)
    const most: Record<'ours' | 'idle', number[]> = { ours: [], idle: [] }
    await inTurn(['ours', 'idle'] as const, rounds, async (side, round) => {
      const until = round === rounds ? behind : Math.min(behind, EVENTS_A_ROUND)
      const samples = await (side === 'idle'
        ? sampled(empty, signal, (all) => all.length >= IDLE_SAMPLES)
        : sampled(servers, signal, (all) => (all.at(-1)?.handled ?? 0) >= until))
      most[side].push(Math.max(...samples.map(({ rssMb }) => rssMb)))
      log(`memory ${round}/${rounds} ${side}: ${textOf(samples)}`)
    })
    const [value, theirs, ratio] = [median(most.ours), median(most.idle), medianRatio(most.ours, most.idle)]
    const note = behind === NAMED ? {} : { note: `${behind.toLocaleString('en-US')} events` }
    return { memory: { value, theirs, ratio, rounds, ...note } }
  } finally {
    await empty.close()
  }
}

async function sampled(
  { env }: BenchServers,
  signal: AbortSignal,
  isEnough: (samples: readonly MemorySample[]) => boolean,
): Promise<readonly MemorySample[]> {
  const samples: MemorySample[] = []
  const group = `bench-${randomUUID()}`
  const spec = { job: 'map', side: 'runtime', events: 0, group }
  await runWorker('memory-worker.ts', spec, {
    env: { ...env, TABLE_PREFIX: `${group}.` },
    signal,
    onMessage(message, child) {
      samples.push(message as MemorySample)
      if (isEnough(samples) && !child.killed) child.kill('SIGTERM')
    },
  })
  return samples
}

/** Whether it grows: the most in the first, second and last third of the samples. */
function textOf(samples: readonly MemorySample[]): string {
  const third = Math.ceil(samples.length / 3)
  const most = (of: 'rssMb' | 'heapMb') =>
    [0, 1, 2].map((part) => Math.max(...samples.slice(part * third, (part + 1) * third).map((one) => one[of])))
  const shown = (all: readonly number[]) => all.map((mb) => mb.toFixed(0)).join(', ')
  return `${samples.at(-1)?.handled ?? 0} events; RSS ${shown(most('rssMb'))} MB, heap ${shown(most('heapMb'))} MB by thirds`
}
