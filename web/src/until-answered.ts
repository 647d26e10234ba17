const ASK_EVERY_MS = 3_000

/** Resolves when the API, which also serves the page's program, answers, and `isReady` agrees. */
export async function untilAnswered(isReady: () => boolean = () => true): Promise<void> {
  while (!isReady() || !(await isThere())) await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
}

async function isThere(): Promise<boolean> {
  return await fetch('/health/live').then(
    ({ ok }) => ok,
    () => false,
  )
}
