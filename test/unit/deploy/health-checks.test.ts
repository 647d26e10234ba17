// The health check of docker-compose.yml asked without the token that its API wants, and was refused for ever; the image
// and the demo's roles had none.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'

/** Starts a server that is ready for callers with this header. */
async function readyServer(authorization?: string): Promise<number> {
  const server = createServer(({ url, headers }, answer) => {
    const isKnown = url === '/health/ready' && headers.authorization === authorization
    answer.writeHead(isKnown ? 200 : 401).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function exitOf(script: string, env: Readonly<Record<string, string>>): Promise<number> {
  const [code] = await once(spawn(process.execPath, ['-e', script], { env }), 'exit')
  return code as number
}

function composeScript(file: string, service: string): string {
  const { services } = parse(readFileSync(file, 'utf8'), { merge: true })
  const [kind, command, option, script]: string[] = services[service].healthcheck.test
  expect([kind, command, option]).toEqual(['CMD', 'node', '-e'])
  return script ?? ''
}

function imageScript(): string {
  const text = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ')
  const [, json = '[]'] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(text) ?? []
  const [command, option, script]: string[] = JSON.parse(json)
  expect([command, option]).toEqual(['node', '-e'])
  return script ?? ''
}

it('docker-compose.yml asks its API with the token', async () => {
  const port = await readyServer('Bearer secret')
  const script = composeScript('docker-compose.yml', 'api').replace(':8080', `:${port}`)
  expect(await exitOf(script, { API_TOKEN: 'secret' })).toBe(0)
  expect(await exitOf(script, { API_TOKEN: 'another' })).toBe(1)
})

it.each(['producer-1', 'producer-2', 'processor', 'projector', 'api-1', 'api-2'])(
  'docker-compose.demo.yml asks %s at its own port for metrics',
  async (service) => {
    const script = composeScript('docker-compose.demo.yml', service)
    expect(await exitOf(script, { METRICS_PORT: String(await readyServer()) })).toBe(0)
    expect(await exitOf(script, { METRICS_PORT: String(await readyServer('Bearer x')) })).toBe(1)
  },
)

it('the image asks the port for metrics, and nothing if it is off', async () => {
  const script = imageScript()
  expect(await exitOf(script, { METRICS_PORT: String(await readyServer()) })).toBe(0)
  expect(await exitOf(script, { METRICS_PORT: String(await readyServer('Bearer x')) })).toBe(1)
  expect(await exitOf(script, { METRICS_PORT: 'off' })).toBe(0)
  // As without the variable, whatever listens there: the usual port is named.
  expect(script).toContain("?? '9464'")
})

it('the image listens on every address of its container, which needs a key', () => {
  expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^ENV .*\bAPI_HOST=0\.0\.0\.0\b/m)
})
