from dataclasses import dataclass


@dataclass
class Invoice:
    number: str
    cents: int

    def as_dict(self):
        return {"number": self.number, "cents": self.cents}
