<?php

declare(strict_types=1);

/** For PHPUnit, where Magento is not installed. */
require __DIR__ . '/../../../php/autoload.php';

spl_autoload_register(static function (string $class): void {
    $prefix = 'Waldstream\\Feeds\\';
    $file = __DIR__ . '/../../' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    if (str_starts_with($class, $prefix) && is_file($file)) {
        require $file;
    }
});

require __DIR__ . '/stubs.php';
