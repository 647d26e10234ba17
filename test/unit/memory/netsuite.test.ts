import { memoryNetSuite } from '../../memory/netsuite.ts'
import { testNetSuiteRecords } from '../../worlds/netsuite-contract.ts'

testNetSuiteRecords(() => {
  const { client, addItem, fulfil } = memoryNetSuite()
  const skus = ['A-1', 'A-2']
  for (const sku of skus) addItem(sku)
  return { client, skus, fulfil: ({ externalId }, pieces) => fulfil(externalId, pieces) }
})
