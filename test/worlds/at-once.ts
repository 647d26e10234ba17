/** What is answered without waiting: rules without expressions have to be. */
export function atOnce<T>(answer: T | Promise<T>): T {
  if (answer instanceof Promise) throw new Error('the answer is a promise, and was to be there at once')
  return answer
}
