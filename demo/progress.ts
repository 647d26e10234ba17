/** Lines for the person who watches: on stdout, or on stderr where stdout is for the JSON summary. */
export interface Progress {
  line(text: string): void
}

export function createProgress(json: boolean): Progress {
  const started = performance.now()
  return {
    line(text) {
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6)
      if (json) console.error(`${seconds} s  ${text}`)
      else console.log(`${seconds} s  ${text}`)
    },
  }
}
