import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { reservePort } from '../../../services/ports.ts'

test('many ports reserved at once are all different, and can be listened on', async () => {
  const reserved = await Promise.all(Array.from({ length: 200 }, () => reservePort()))
  expect(new Set(reserved.map(({ port }) => port)).size).toBe(200)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(reserved[0]?.port, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => server.close(resolve))
  for (const { release } of reserved) release()
})
