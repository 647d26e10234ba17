import { expect, it } from 'vitest'
import { createTables } from '../../../../src/platform/dynamodb/create-tables.ts'
import { silentServer } from '../../../worlds/silent-server.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

it('a request that is never answered ends, so that its stage is not held without end', async () => {
  const { port } = await silentServer()
  const { tables, close } = createTables({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    prefix: 'p.',
    logger: silentLogger,
    requestTimeoutMs: 50,
  })
  const read = tables.get('staged', { shelf: 'a', id: 'b' })
  await expect(read).rejects.toMatchObject({
    code: 'table_unavailable',
    message: 'table p.staged does not answer in time',
  })
  close()
})
