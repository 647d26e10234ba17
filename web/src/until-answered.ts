const ASK_EVERY_MS = 3_000

/** Resolves when the API answers: the program of the page comes from it as well. */
export async function untilAnswered(): Promise<void> {
  while (!(await isThere())) await pause()
}

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))

async function isThere(): Promise<boolean> {
  return await fetch('/health/live').then(
    ({ ok }) => ok,
    () => false,
  )
}
