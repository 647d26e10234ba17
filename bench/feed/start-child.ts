import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Child {
  /** Where it listens. */
  readonly url: string
  end(): Promise<void>
}

/** A server of this folder in a process of its own, which ends when it is disconnected. */
export async function startChild(program: string, argument: string, env: NodeJS.ProcessEnv): Promise<Child> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [argument], { env })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]): never => {
    throw new Error(`${program} ended with ${code}`)
  })
  failed.catch(() => undefined)
  const [url] = (await Promise.race([once(child, 'message'), failed])) as [string]
  return {
    url,
    async end() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
