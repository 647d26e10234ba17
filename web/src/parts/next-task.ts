interface Yielding {
  readonly scheduler?: { readonly yield?: () => Promise<void> }
}

/** Continues after the browser has handled input and drawn. */
export async function nextTask(): Promise<void> {
  const { scheduler }: Yielding = window
  if (scheduler?.yield !== undefined) return await scheduler.yield()
  await new Promise((resolve) => setTimeout(resolve, 0))
}
