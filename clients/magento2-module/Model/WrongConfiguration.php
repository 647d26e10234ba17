<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Framework\Exception\LocalizedException;

/** The configuration has to be corrected. It ends a pull, and no row of it has failed. */
class WrongConfiguration extends LocalizedException
{
}
