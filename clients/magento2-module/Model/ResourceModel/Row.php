<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\ResourceModel;

use Magento\Framework\Model\ResourceModel\Db\AbstractDb;

/** The table of a grid. */
class Row extends AbstractDb
{
    /**
     * @inheritdoc
     */
    protected function _construct(): void
    {
        $this->_init('waldstream_row', 'row_id');
    }
}
