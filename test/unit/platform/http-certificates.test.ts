import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createGovernor } from '../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../src/platform/governor/permits.ts'
import { createHttp } from '../../../src/platform/http.ts'
import { localNetwork } from '../../data/loopback.ts'
import { wallClock } from '../../worlds/sources.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

/** A server's own certificate for `localhost`, until 2120; its key is for this test alone. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB3YeIAP36AAqmLd
eV0ODVYwoKGg1HFadcKoYh9y4+uFw4p/e6WLtb61tc+/KISltaKsImf3L3dWY8GV
CbamnAqjSDBGMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBTDmjiKF1CSDrAOdxyBjDnB0+mEUzAKBggqhkjOPQQDAgNIADBF
AiAf+Toznbm8S+W4xd/dfDK0iXxd3j1aw+9nsocs+CIC9wIhAOR3QoD9h4eXdBH4
BrwXwPEggl2TRNQIeseSRSokog/J
-----END CERTIFICATE-----
`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNAUTncHcN6g+6z4s
hR8F264MVCKZz2P5sAo9mJxQmAChRANCAAQd2HiAD9+gAKpi3XldDg1WMKChoNRx
WnXCqGIfcuPrhcOKf3uli7W+tbXPvyiEpbWirCJn9y93VmPBlQm2ppwK
-----END PRIVATE KEY-----
`

async function serve() {
  const server = createServer({ cert, key }, (_request, response) => response.end('{"served":true}'))
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const ask = async (host: string, port: number, ca?: string) => {
  const governor = createGovernor({ concurrency: 1 }, ownPermits(), wallClock)
  const common = {
    baseUrl: `https://${host}:${port}`,
    timeoutMs: 5000,
    governor,
    logger: silentLogger,
    network: localNetwork,
  }
  const http = createHttp({ ...common, ...(ca === undefined ? {} : { ca }) })
  return (await http.request({ method: 'GET', path: '/' })).json
}

it('trusts a certificate that it is given, for the name that it is of, and no other', async () => {
  const port = await serve()
  expect(await ask('localhost', port, cert)).toEqual({ served: true })
  await expect(ask('localhost', port)).rejects.toMatchObject({
    code: 'target_unavailable',
    details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  })
  await expect(ask('127.0.0.1', port, cert)).rejects.toMatchObject({
    details: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  })
})
