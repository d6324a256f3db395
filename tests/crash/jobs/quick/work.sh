#!/bin/sh
echo '"done"'
