"""Types of Cinder. `TYPES` says which file holds which."""

TYPES = {
    "OS::Cinder::Volume": "volume",
    "OS::Cinder::VolumeAttachment": "volume_attachment",
}
