"""The registry: which services a sandbox has, in the order in which they are seeded."""

from __future__ import annotations

from calor.sandbox.cinder.service import CINDER
from calor.sandbox.control import CONTROL
from calor.sandbox.glance.service import GLANCE
from calor.sandbox.keystone.service import KEYSTONE
from calor.sandbox.neutron.service import NEUTRON
from calor.sandbox.nova.service import NOVA
from calor.sandbox.service import Service
from calor.sandbox.zaqar.service import ZAQAR

SERVICES: tuple[Service, ...] = (KEYSTONE, NEUTRON, GLANCE, CINDER, NOVA, ZAQAR, CONTROL)
