/** Runs the calls of one key one after the other, whoever the callers are; different keys run in parallel. */
export interface Turns {
  run<T>(key: string, call: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async run(key, call) {
      const turn = (last.get(key) ?? Promise.resolve()).then(call, call)
      const ended = turn.catch(() => undefined)
      last.set(key, ended)
      try {
        return await turn
      } finally {
        if (last.get(key) === ended) last.delete(key)
      }
    },
  }
}
