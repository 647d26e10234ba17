import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { assertFree } from '../../../demo/assert-free.ts'
import { portOf } from '../../../src/platform/listening.ts'

const names = { host: 'API_HOST', port: 'API_PORT' }

it('refuses a port that was asked for and is taken, and lets go of one that is free', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const port = portOf(server.address())
  const host = '127.0.0.1'
  await expect(assertFree({ host, port, portIsDefault: false }, names)).rejects.toMatchObject({
    code: 'port_in_use',
    message: `API_PORT: ${port} is in use; set another one, or 0 for any that is free`,
  })
  await assertFree({ host, port, portIsDefault: true }, names)
  await assertFree({ host, port: 0, portIsDefault: false }, names)
  server.close()
  await once(server, 'close')
  await assertFree({ host, port, portIsDefault: false }, names)
  await assertFree({ host, port, portIsDefault: false }, names)
})

it("refuses an address that is not this machine's", async () => {
  const wanted = { host: '192.0.2.1', port: 8080, portIsDefault: false }
  await expect(assertFree(wanted, names)).rejects.toMatchObject({ code: 'configuration_invalid', field: 'API_HOST' })
})
