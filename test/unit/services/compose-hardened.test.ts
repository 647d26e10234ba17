import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly build?: string
  readonly cap_drop?: readonly string[]
  readonly read_only?: boolean
  readonly security_opt?: readonly string[]
  readonly ports?: readonly string[]
}

it('containers of docker-compose.yml have no rights that they need not, and ports on this machine alone', async () => {
  const { services } = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true })
  for (const [name, service] of Object.entries<Service>(services)) {
    expect([name, service.cap_drop, service.security_opt]).toEqual([name, ['ALL'], ['no-new-privileges:true']])
    if (service.build !== undefined) expect([name, service.read_only]).toEqual([name, true])
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  }
})
