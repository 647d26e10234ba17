<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\Data\OptionSourceInterface;

/** Whether the shop has a staged row. */
class RowStatus implements OptionSourceInterface
{
    public const PENDING = 0;
    public const WRITTEN = 1;
    public const FAILED = 2;

    /**
     * Options of the grid's filter.
     *
     * @return array<int, array{value: int, label: mixed}>
     */
    public function toOptionArray(): array
    {
        return [
            ['value' => self::PENDING, 'label' => __('To be written')],
            ['value' => self::WRITTEN, 'label' => __('Written')],
            ['value' => self::FAILED, 'label' => __('Failed')],
        ];
    }
}
