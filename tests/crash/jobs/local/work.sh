#!/bin/sh
printf '{"done": true}\n'
