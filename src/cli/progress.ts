/** Where progress goes, and when; times in milliseconds. */
interface Shown {
  readonly write: (line: string) => void
  /** Work that is done by then says nothing. */
  readonly firstMs: number
  readonly everyMs: number
}

/** On standard error: what reads standard output reads results alone. */
const usual: Shown = { write: (line) => console.error(line), firstMs: 3_000, everyMs: 5_000 }
const silent: Shown = { ...usual, write: () => undefined }

/**
 * Runs work that may take long, and says every few seconds what it is and how far it is. `report` replaces the text that the
 * next line shows. With `json` it says nothing: standard error is for errors then.
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
