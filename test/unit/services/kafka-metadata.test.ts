import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { brokerCount, brokerIsReady } from '../../../services/kafka-metadata.ts'

/** A Metadata answer, version 1, that begins with so many brokers. */
function answer(brokers: number): Buffer {
  const body = Buffer.alloc(12)
  body.writeInt32BE(1, 0)
  body.writeInt32BE(brokers, 4)
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body])
}

/** Something that listens and answers every request with these bytes, one at a time. */
async function listen(bytes: Buffer): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => {
      for (const byte of bytes) socket.write(Buffer.from([byte]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('an answer counts once it is there in whole', () => {
  const whole = answer(3)
  expect(brokerCount(whole)).toBe(3)
  for (let length = 0; length < whole.length; length += 1)
    expect(brokerCount(whole.subarray(0, length))).toBeUndefined()
})

test('a broker is ready when it names itself, not when it only listens', async () => {
  expect(await brokerIsReady('127.0.0.1', await listen(answer(1)))).toBe(true)
  expect(await brokerIsReady('127.0.0.1', await listen(answer(0)))).toBe(false)
  expect(await brokerIsReady('127.0.0.1', await listen(Buffer.alloc(0)), 50)).toBe(false)
})
