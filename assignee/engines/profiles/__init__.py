"""The calibration profiles that ship, one JSON file a judge; see `assignee.engines.calibration`."""
