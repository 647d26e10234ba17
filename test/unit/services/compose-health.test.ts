// The health check of docker-compose.yml asked without the token that its API wants, and was refused for ever.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'

async function check(token: string): Promise<number> {
  const api = createServer(({ url, headers }, answer) => {
    const known = url === '/health/ready' && headers.authorization === 'Bearer secret'
    answer.writeHead(known ? 200 : 401).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void api.close())
  await once(api, 'listening')
  const { services } = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true })
  const [kind, , option, script]: string[] = services.api.healthcheck.test
  expect([kind, option]).toEqual(['CMD', '-e'])
  const here = (script ?? '').replace(':8080', `:${(api.address() as AddressInfo).port}`)
  const [code] = await once(spawn(process.execPath, ['-e', here], { env: { API_TOKEN: token } }), 'exit')
  return code as number
}

it('asks with the token of the API', async () => {
  expect(await check('secret')).toBe(0)
  expect(await check('another')).toBe(1)
})
