import { expect, it } from 'vitest'
import { loopbackContainer } from '../../../services/loopback-container.ts'

/** What is asked of the engine for the ports, before a container is made. */
async function portsOf(host: string): Promise<unknown> {
  const container = (await loopbackContainer('any:1', host)).withExposedPorts({ container: 8000, host: 18_000 })
  const inner = container as unknown as {
    readonly hostConfig: { readonly PortBindings: unknown }
    beforeContainerCreated?(): Promise<void>
  }
  await inner.beforeContainerCreated?.()
  return inner.hostConfig.PortBindings
}

it('publishes the ports of a container on this machine alone', async () => {
  expect(await portsOf('localhost')).toEqual({ '8000/tcp': [{ HostPort: '18000', HostIp: '127.0.0.1' }] })
})

it('leaves those of an engine elsewhere as they are', async () => {
  expect(await portsOf('10.0.0.5')).toEqual({ '8000/tcp': [{ HostPort: '18000' }] })
})
