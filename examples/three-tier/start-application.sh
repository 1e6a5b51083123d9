#!/bin/sh
# Runs on the application server at its first boot.
set -eu
echo "starting release $release"
echo "database=$database" > /etc/application.conf
