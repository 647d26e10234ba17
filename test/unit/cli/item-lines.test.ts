import { expect, it } from 'vitest'
import { itemOfLine, lineOfItem } from '../../../src/cli/item-lines.ts'
import type { StoredItem } from '../../../src/platform/dynamodb/stored-items.ts'

const bytes = (...numbers: readonly number[]) => Buffer.from(numbers)

it('an item of a line is the item that the line was made of, whatever its attributes are called', () => {
  const item: StoredItem = {
    B: { B: bytes(0, 255, 10) },
    BS: { BS: [bytes(1), bytes(2)] },
    M: { M: { B: { S: 'no bytes' }, list: { L: [{ N: '1.50' }, { NULL: true }, { B: bytes(7) }] } } },
    S: { SS: ['a', 'b'] },
    number: { N: '12345678901234567890.12' },
    numbers: { NS: ['1', '2'] },
    flag: { BOOL: false },
    text: { S: 'line\nbreak "quoted" ü' },
  }
  const line = lineOfItem(item)
  expect(line).not.toContain('\n')
  expect(itemOfLine(line)).toEqual(item)
})

it('a line is what DynamoDB exports, bytes in base64', () => {
  const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)
  expect(lineOfItem({ id: { S: 'a' }, value: { B: view } })).toBe('{"id":{"S":"a"},"value":{"B":"AQI="}}')
})
