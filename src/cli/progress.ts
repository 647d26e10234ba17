/** Output and times of progress; times in milliseconds. */
interface Shown {
  readonly write: (line: string) => void
  /** No output for work that ends sooner. */
  readonly firstMs: number
  readonly everyMs: number
}

/** Standard error, so that standard output contains only results. */
const usual: Shown = { write: (line) => console.error(line), firstMs: 3_000, everyMs: 5_000 }
const silent: Shown = { ...usual, write: () => undefined }

/**
 * Runs long work and prints its name and progress every few seconds. `report` replaces the text of the next line.
 * Prints nothing with `json`, where standard error is only for errors.
 */
export async function withProgress<T>(
  about: string,
  json: boolean,
  work: (report: (text: string) => void) => Promise<T>,
  { write, firstMs, everyMs }: Shown = json ? silent : usual,
): Promise<T> {
  const began = performance.now()
  let text = ''
  const say = () => {
    const seconds = Math.round((performance.now() - began) / 1000)
    write(`${about}${text === '' ? '' : `: ${text}`} (${seconds} s)`)
    timer = setTimeout(say, everyMs)
  }
  let timer = setTimeout(say, firstMs)
  try {
    return await work((now) => {
      text = now
    })
  } finally {
    clearTimeout(timer)
  }
}
