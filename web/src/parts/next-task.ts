interface Yielding {
  readonly scheduler?: { readonly yield?: () => Promise<void> }
}

/** Goes on after the browser has answered and drawn what it has to. */
export async function nextTask(): Promise<void> {
  const { scheduler }: Yielding = window
  if (scheduler?.yield !== undefined) return await scheduler.yield()
  await new Promise((resolve) => setTimeout(resolve, 0))
}
