import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'
import { StreamError, toStreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import { mergeExpositions } from '../platform/metrics/merge-expositions.ts'
import type { Observed } from '../platform/metrics/metrics-server.ts'
import { withinLimit } from '../platform/time-limit.ts'

const questionSchema = Type.Object({
  question: Type.Integer(),
  about: Type.Enum(['live', 'ready', 'metrics']),
})

const answerSchema = Type.Object({
  answer: Type.Integer(),
  live: Type.Optional(Type.Array(Type.String())),
  ready: Type.Optional(Type.Record(Type.String(), Type.String())),
  metrics: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
})

type Question = Static<typeof questionSchema>
type Answer = Static<typeof answerSchema>

/** The other end of a channel for questions and answers, such as `ChildProcess` and `process`. */
export interface MessagePeer {
  readonly connected: boolean
  send?(message: Question | Answer, sent: (error: Error | null) => void): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
}

/** Makes a worker answer the questions of its parent process. */
export function answerParent(parent: MessagePeer, observed: Observed): void {
  const answers = {
    live: async () => ({ live: [...(await observed.live())] }),
    ready: async () => ({ ready: { ...(await observed.ready()) } }),
    metrics: async () => ({ metrics: await observed.metrics() }),
  }
  parent.on('message', (message) => {
    if (!Check(questionSchema, message)) return
    const { question: answer, about } = message
    const reply = (said: Omit<Answer, 'answer'>) => {
      // The parent may have ended meanwhile.
      if (parent.connected) parent.send?.({ answer, ...said }, () => undefined)
    }
    answers[about]().then(reply, (error: unknown) => reply({ error: toStreamError(error).code }))
  })
}

/** Longer than a worker's own checks take. */
const ANSWER_LIMIT_MS = 8_000

/** Sends questions to one worker. */
class WorkerVoice {
  readonly #worker: MessagePeer
  readonly #clock: Pick<Clock, 'sleep'>
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>()
  #questions = 0
  /** The worker has answered at least once. */
  heard = false

  constructor(worker: MessagePeer, clock: Pick<Clock, 'sleep'>) {
    this.#worker = worker
    this.#clock = clock
    worker.on('message', (message) => {
      if (!Check(answerSchema, message)) return
      this.heard = true
      this.#asked.get(message.answer)?.resolve(message)
    })
  }

  async ask(about: Question['about']): Promise<Answer> {
    this.#questions += 1
    const question = this.#questions
    const answered = Promise.withResolvers<Answer>()
    this.#asked.set(question, answered)
    try {
      if (!this.#worker.connected) throw new StreamError('stopping', 'the worker ends')
      this.#worker.send?.({ question, about }, () => undefined)
      return await withinLimit(this.#clock, ANSWER_LIMIT_MS, answered.promise)
    } finally {
      this.#asked.delete(question)
    }
  }
}

/** Combines the workers of one command into one process, which is live and ready when all of them are. */
export function observeWorkers(workers: readonly MessagePeer[], clock: Pick<Clock, 'sleep'>): Observed {
  const voices = workers.map((worker, index) => ({ index: String(index), voice: new WorkerVoice(worker, clock) }))
  const askAll = async (about: Question['about']) =>
    await Promise.all(
      voices.map(async ({ index, voice }) => {
        const said: Partial<Answer> = await voice
          .ask(about)
          .catch((error: unknown) => ({ error: toStreamError(error).code }))
        return { index, heard: voice.heard, said }
      }),
    )
  return {
    async live() {
      const all = await askAll('live')
      return all.flatMap(({ index, heard, said: { live, error } }) => {
        // A worker that never answered is starting, which takes seconds and must not end it.
        if (live === undefined) return heard ? [`worker ${index}: ${error}`] : []
        return live.map((problem) => `worker ${index}: ${problem}`)
      })
    },
    async ready() {
      const all = await askAll('ready')
      const checks = all.flatMap(({ index, heard, said: { ready, error } }) => {
        const own = ready ?? { worker: heard ? (error ?? 'unexpected') : 'starting' }
        return Object.entries(own).map(([name, state]) => [`${name} of worker ${index}`, state] as const)
      })
      return Object.fromEntries(checks)
    },
    async metrics() {
      const all = await askAll('metrics')
      const texts = new Map(
        all.flatMap(({ index, said: { metrics } }) => (metrics === undefined ? [] : [[index, metrics] as const])),
      )
      return mergeExpositions(texts)
    },
  }
}
