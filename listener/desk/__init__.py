"""The desk in Slack: what people press there, in whose name it is done, and what they are answered."""

from listener.desk.sockets import Sockets as Sockets
from listener.desk.work import Desk as Desk
from listener.desk.work import House as House
from listener.desk.work import hearing as hearing
