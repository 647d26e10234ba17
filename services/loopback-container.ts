import type { GenericContainer } from 'testcontainers'

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1']

/**
 * A container whose ports are reachable only from this machine, if the engine runs on it: by default an engine
 * publishes on all addresses. `host`: the engine's host.
 */
export async function loopbackContainer(image: string, host: string): Promise<GenericContainer> {
  const testcontainers = await import('testcontainers')
  if (!LOOPBACK.includes(host)) return new testcontainers.GenericContainer(image)
  return new (class extends testcontainers.GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      const published = Object.values(this.hostConfig.PortBindings ?? {}) as { HostIp?: string }[][]
      for (const binding of published.flat()) binding.HostIp = '127.0.0.1'
    }
  })(image)
}
