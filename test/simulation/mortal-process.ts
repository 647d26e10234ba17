import { type ErrorCode, StreamError } from '../../src/errors.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import type { LogProducer } from '../../src/platform/kafka/event-log.ts'
import type { Ask } from '../memory/file-place.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Time of a world whose processes take turns; others act while a request is under way. */
export interface Turns {
  readonly random: SeededRandom
  now: number
  /** What happens elsewhere between two requests. */
  between(): void
}

/** How often, of a thousand requests, a process ends before or after the effect, and an answer is lost. */
export interface Dangers {
  readonly killed: number
  readonly lost: number
}

export const NO_DANGERS: Dangers = { killed: 0, lost: 0 }

const LONGEST_REQUEST_MS = 60

/** A process any of whose requests may be its last one: it is killed before the effect or before the answer. */
export class MortalProcess {
  isDead = false
  readonly clock: Clock
  readonly #turns: Turns
  readonly #dangers: Dangers

  constructor(turns: Turns, dangers: Dangers) {
    this.#turns = turns
    this.#dangers = dangers
    this.clock = {
      now: () => turns.now,
      sleep: async (ms) => {
        this.#assertAlive()
        turns.now += ms
        turns.between()
      },
    }
  }

  /** How it reaches something; `lost`: what its client says when there is no answer. */
  asks(lost: ErrorCode): Ask {
    return async (what, effect) => await this.#request(what, effect, lost)
  }

  tables(tables: Tables): Tables {
    const call = <A extends readonly unknown[], T>(what: string, method: (...given: A) => Promise<T>) => {
      return async (...given: A): Promise<T> => {
        return await this.#request(what, () => method(...given), 'table_unavailable')
      }
    }
    return {
      get: call('get', tables.get),
      getMany: call('getMany', tables.getMany),
      put: call('put', tables.put),
      putMany: call('putMany', tables.putMany),
      insertMany: call('insertMany', tables.insertMany),
      update: call('update', tables.update),
      delete: call('delete', tables.delete),
      query: call('query', tables.query),
      count: call('count', tables.count),
      scan: tables.scan,
    }
  }

  producer(producer: LogProducer): LogProducer {
    return {
      ...producer,
      send: async (records) =>
        await this.#request('send', async () => await producer.send(records), 'broker_unavailable'),
    }
  }

  async #request<T>(what: string, effect: () => T | Promise<T>, lost: ErrorCode): Promise<T> {
    this.#assertAlive()
    const { random, between } = this.#turns
    this.#turns.now += random.int(0, LONGEST_REQUEST_MS)
    between.call(this.#turns)
    const drawn = random.next() * 1000
    const { killed, lost: unanswered } = this.#dangers
    const isKilled = drawn < killed
    const isLost = !isKilled && drawn < killed + unanswered
    const isBefore = random.chance(0.5)
    const fail = () => {
      if (isKilled) this.isDead = true
      this.#assertAlive()
      if (isLost) throw new StreamError(isBefore || lost !== 'timed_out' ? unreached(lost) : lost, `${what}: no answer`)
    }
    if (isBefore) fail()
    const value = await effect()
    if (!isBefore) fail()
    return value
  }

  #assertAlive(): void {
    if (this.isDead) throw new StreamError('stopping', 'the process was killed')
  }
}

/** A call that certainly had no effect has a code of its own. */
function unreached(lost: ErrorCode): ErrorCode {
  return lost === 'timed_out' ? 'target_unavailable' : lost
}
