import { setting, text } from '../../configuration/setting.ts'
import { defineSystem } from '../system.ts'
import { createSqsClient } from './client.ts'
import { imageMessages, inventoryMessages, orderMessages, productMessages } from './message-kinds.ts'
import { checkQueueUrl } from './queue-address.ts'
import { sqsMessages } from './read-messages.ts'
import { addressProblem, clientSettings, queueName, secrets, settings } from './settings.ts'

const queue = setting(queueName, { description: "name of the read's queue" })
const storeId = setting(text({ expected: 'the id of a store' }), {
  description: 'the store whose rows count, where messages have those of several',
})

/** Amazon SQS, for shops and vendors that push to queues: one entity a message. */
export const sqs = defineSystem({
  type: 'sqs',
  title: 'Amazon SQS',
  secrets,
  settings,
  addressProblem,
  connect: (system, deps) => createSqsClient(clientSettings(system), deps),
  clientFor: (client, kind) => client.for(kind),
  sources: {
    orders: {
      filter: { queue },
      open: (context) => sqsMessages(context, orderMessages),
    },
    products: {
      filter: { queue },
      open: (context) => sqsMessages(context, productMessages),
    },
    inventory: {
      filter: { queue, storeId },
      open: (context) => sqsMessages(context, inventoryMessages),
    },
    images: {
      filter: { queue },
      open: (context) => sqsMessages(context, imageMessages),
    },
  },
  sinks: {},
  queueUrl: checkQueueUrl,
  // Who pushes an order means it to be delivered.
  orderStates: { known: null, begin: null },
  faultRows: {
    sqs: {
      'rows-move': 'a queue has no pages: a message is given to one reader at a time, and again until it is deleted',
    },
  },
})
