<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** Magento refused a price, and does not say of which product. */
class UnnamedFailure extends \RuntimeException
{
}
