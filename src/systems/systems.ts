import { bigcommerce } from './bigcommerce/system.ts'
import { files } from './files/system.ts'
import { imageFeed } from './image-feed/system.ts'
import { magento2 } from './magento2/system.ts'
import { mailbox } from './mailbox/system.ts'
import { netsuite } from './netsuite/system.ts'
import { sapB1 } from './sap-b1/system.ts'
import { sqs } from './sqs/system.ts'
import { listSystems } from './system.ts'

/** THE list of system types, one line each. */
export const systemTypes = listSystems([magento2, netsuite, sapB1, bigcommerce, sqs, imageFeed, files, mailbox])
